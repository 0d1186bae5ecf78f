local Base = { greet = function (self) return "I am " .. self.name end }
Base.__index = Base
local Derived = setmetatable({}, Base)
Derived.__index = Derived
print(setmetatable({ name = "leaf" }, Derived):greet()) -- expect: I am leaf
