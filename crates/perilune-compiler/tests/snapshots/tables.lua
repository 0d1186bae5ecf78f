local t = {1, 2, 3, x = 1, ["y z"] = 2, [10] = 3, [true] = 4, ...}
t.a.b[1][65536] = t[t]
t.x, t[1], t.y = nil, true, "s"
local u = {f(), {}, f()}
t[1.0] = 2
