-- lua: all
-- __call, also of a __call.
local t = setmetatable({}, { __call = function (self, ...) return select("#", ...), ... end })
print(t(), t(1), t(nil, nil), pcall(t, "x"))
local outer = setmetatable({}, { __call = t })
print(pcall(outer, 1) )
local chain = print
for i = 1, 10 do chain = setmetatable({}, { __call = chain }) end
print(select("#", pcall(chain)))
print(pcall(setmetatable({}, { __call = 5 })))
print(string.gsub("abc", ".", setmetatable({}, { __call = print, __index = { a = "A" } })))
print(select(2, xpcall(t, print, 1, 2)), coroutine.wrap(function () return t("in coroutine") end)())
local function tail() return t("tail") end
print(tail())
print(table.concat({ t(1, 2) }, " "))
print(pcall(coroutine.wrap, t))
