-- lua: all
-- What a numeric loop says about its three values.
print(pcall(function () for i = "a", 2 do end end))
print(pcall(function () for i = 1, {} do end end))
print(pcall(function () for i = 1, 2, {} do end end))
print(pcall(function () for i = 1, 2, 0 do end end))
print(pcall(function () for i = 1.5, 2, 0.0 do end end))
print(pcall(function () for i = nil, 1 do end end))
print(pcall(function () for i = 1, nil do end end))
print(pcall(function () for i = "1", 2 do end end))
print(pcall(function () for i = 1, "x" do end end))
print(pcall(function () for i = 1, 2, "1" do end end))
