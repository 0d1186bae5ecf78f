-- lua: 5.2
-- Names that the compatibility options keep.
print(loadstring ~= nil, loadstring == load, unpack ~= nil, table.maxn ~= nil, math.log10(1000), module ~= nil, package.loaders == package.searchers, package.seeall ~= nil)
print(math.pow(2, 3), math.cosh(0), math.ldexp(1, 4), math.frexp(8), string.gfind, table.getn, math.mod)
print(math.log(8, 2), math.log(100, 10), math.log(2.718281828459045))
module("m52", package.seeall)
print(_NAME, x)
