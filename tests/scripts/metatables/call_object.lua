local adder = setmetatable({ n = 10 }, { __call = function (self, x) return self.n + x end })
print(adder(5)) -- expect: 15
