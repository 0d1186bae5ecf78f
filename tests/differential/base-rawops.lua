-- lua: 5.3-5.5
-- rawequal, rawlen, rawget, rawset, next.
print(rawequal("a", "a"), rawequal({}, {}), rawequal(1, 1.0), rawequal(0/0, 0/0), rawlen { 1, 2 },
  rawlen "abc", rawget({ 5 }, 1), rawset({}, 1, 2)[1])
print(pcall(rawequal))
print(pcall(rawlen))
print(pcall(rawget, {}))
print(pcall(rawset, {}, 1))
print(rawequal(print, print), rawequal(setmetatable({}, { __eq = function () return true end }), {}))
local t = setmetatable({}, { __index = function () return 1 end, __newindex = error })
rawset(t, "k", "v")
print(rawget(t, "k"), rawget(t, "none"), t.none)
print(next({}), type(next), pcall(next), pcall(next, 5))
