local f = load(string.dump(function (x) return x * 2 end))
print(f(21)) -- expect: 42
print(load("return 1", "=text", "b")) -- expect: nil	attempt to load a text chunk (mode is 'b')
