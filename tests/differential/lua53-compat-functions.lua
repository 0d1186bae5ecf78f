-- lua: 5.3
-- What the compatibility with 5.2 keeps.
print(bit32 ~= nil, unpack, loadstring, table.maxn, math.pow, math.log10, module, setfenv, package.loaders, string.gfind)
print(bit32.band(0xff, 0x1ff), bit32.bnot(0), bit32.lshift(1, 31), bit32.arshift(-8, 1), bit32.extract(0xabcd, 4, 8), bit32.band(-1), bit32.btest(1))
print(pcall(bit32.band, 1.5)) print(pcall(bit32.band, 2^40)) print(pcall(bit32.band, "x")) print(bit32.bor(2.0, "4")) print(pcall(bit32.lshift, 1)) print(pcall(bit32.extract, 1, 32)) print(bit32.lrotate(1, 33), bit32.rrotate(1, 1), bit32.replace(0, 255, 4, 4))
