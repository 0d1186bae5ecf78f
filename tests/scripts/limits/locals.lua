-- A function may have 200 local variables.
local names = {}
for i = 1, 200 do names[i] = "v" .. i end
local full = "local " .. table.concat(names, ", ")
print(type(load(full))) -- expect: function
print(load(full .. " local more", "=c"))
-- expect: nil	c:1: too many local variables (limit is 200) in main function near <eof>
print(load(("do local a end "):rep(300)) ~= nil) -- expect: true
