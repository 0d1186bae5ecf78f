-- lua: 5.3
-- The bitwise operators and their precedence.
print(5 & 3, 5 | 3, 5 ~ 3, ~5, 1 << 4, 256 >> 4, -1 >> 60, 1 << 63, 1 << 64, 1 << -1, 2 >> -1, 1 << 100)
print(1 | 2 & 3 ~ 4, 1 << 2 + 1, ~1 + 1, 5 & 3 == 1 and 1, "a" .. 1 << 2 == nil)
local mt = {} for _, e in ipairs { "band", "bor", "bxor", "shl", "shr", "idiv" } do mt["__" .. e] = function(a, b) return e .. " " .. type(a) .. " " .. type(b) end end
mt.__bnot = function(a, b) return "bnot " .. type(a) .. " " .. type(b) end
local t = setmetatable({}, mt)
print(t & 1, 1 | t, t ~ "x", t << 1.5, nil >> t, t // 2, ~t, {} & t)
print(pcall(function() return nil & 1 end)) print(pcall(function() return "x" << 1 end)) print(pcall(function() local t = {} return t.x ~ 1 end)) print(pcall(function() return 1 // {} end)) print(pcall(function() return 1.5 & nil end))
