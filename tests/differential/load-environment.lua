-- lua: 5.2-5.5
-- The environment of a loaded chunk: only an argument that is there replaces it.
local function pieces (...)
  local list, at = { ... }, 0
  return function () at = at + 1; return list[at] end
end
x = "global"
print(load("return x")(), load(pieces("return ", "x"))())
print(load("return x", "=c", "t")(), load(pieces("return x"), "=c", "t")())
print(load("return x", "=c", "t", { x = "own" })(), load(pieces("return x"), "=c", "t", { x = "own" })())
print(pcall(load("return x", "=c", "t", nil)))
print(pcall(load(pieces("return x"), "=c", "t", nil)))
print(load("return _ENV", "=c", nil, 5)(), load(pieces("return _ENV"), nil, nil, false)())
print(load(string.dump(load("local a = x; return a")), "=c", "b", { x = "dumped" })())
print(load(pieces(string.dump(load("return x"))))())
print(load(pieces("return ", nil, "x"))())
print(load(pieces("return 1", "", "x"))())
print(pcall(load, pieces("return ", {})))
print(load(pieces("x =", " = 2"), "=c"))
print(loadfile("none.lua", "t", nil))
