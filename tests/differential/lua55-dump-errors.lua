-- lua: 5.5
-- What string.dump refuses, and files that cannot be read.
for _, value in ipairs{1, "x", {}, print, true} do print(pcall(string.dump, value)) end
print(pcall(string.dump)) print(pcall(string.dump, nil, true)) print(pcall(string.dump, coroutine.wrap(print)))
print(loadfile("/")) print(loadfile(".")) print(pcall(dofile, ".")) print(loadfile("does/not/exist"))
