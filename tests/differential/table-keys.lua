-- lua: 5.3-5.5
-- Keys that are one key, and keys that are not.
local t = {}
t[1] = "int"
t[1.0] = "float"
print(t[1], #t)
t["1"] = "string"
print(t[1], t["1"])
t[2^53] = "big"
print(t[2^53 | 0], t[2^53])
t[0.5] = "half"
print(t[0.5], t[1/2])
t[-0.0] = "zero"
print(t[0], t[0.0], next({ [-0.0] = 1 }))
t[true] = "yes"
t[false] = "no"
print(t[true], t[false], t[1 == 1])
local k = {}
t[k] = "table"
print(t[k], t[{}])
t[print] = "function"
print(t[print])
t[math.huge] = "inf"
t[-math.huge] = "-inf"
print(t[1/0], t[-1/0])
t[""] = "empty"
print(t[""])
print(math.type(next { [1.0] = true }), math.type(next { [2^63] = true }), math.type(next { [1.5] = true }))
