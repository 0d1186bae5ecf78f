-- lua: all
-- assert and its messages.
print(pcall(assert))
print(pcall(assert, false))
print(pcall(assert, nil, "own message"))
print(pcall(assert, false, { 1 }) == false)
print(pcall(assert, nil, nil))
print(pcall(assert, false, 17))
print(select("#", assert(1, 2, 3)), assert(1, "kept"))
print(pcall(assert, setmetatable({}, {}), "unused") )
