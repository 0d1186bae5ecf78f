-- lua: all
-- Weak keys and values go; strings and numbers stay.
collectgarbage("stop")
local weak = setmetatable({}, { __mode = "v" })
weak[1] = {}
weak[2] = "string"
weak[3] = 5
weak.x = {}
local keep = {}
weak.keep = keep
collectgarbage()
print(weak[1], weak[2], weak[3], weak.x, weak.keep == keep)
local wk = setmetatable({}, { __mode = "k" })
wk[{}] = 1
wk["s"] = {}
wk[keep] = "kept"
wk[1] = {}
collectgarbage()
local n = 0
for k in pairs(wk) do n = n + 1 end
print(n, wk[keep])
local eph = setmetatable({}, { __mode = "k" })
do local k = {} eph[k] = { k } eph[keep] = { keep } end
collectgarbage()
n = 0
for _ in pairs(eph) do n = n + 1 end
print(n)
local both = setmetatable({}, { __mode = "kv" })
both[{}] = keep
both[keep] = {}
both[1] = keep
collectgarbage()
n = 0
for _ in pairs(both) do n = n + 1 end
print(n, both[1] == keep)
do local a, b, c = {}, {}, {} eph[a] = b eph[b] = c eph[c] = "end" keep.root = a end
collectgarbage()
print(eph[eph[eph[keep.root]]])
