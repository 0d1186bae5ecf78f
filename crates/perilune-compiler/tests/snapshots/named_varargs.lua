-- lua: 5.5
local function f(a, ...t) return t.n, t[1], t[a], ... end
local function g(...t) t[1] = 2 return ... end
local function h(...t) return function() return t end end
local function i(...) local a, b = ... return select('#', ...) end
