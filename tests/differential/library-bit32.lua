-- lua: 5.2 5.3
local function pass(...) return ... end
local function try(f, ...) print(pcall(function(...) return pass(f(...)) end, ...)) end
local vs = {0, 1, -1, 2^31, 2^32 - 1, 2^32, 2^32 + 5, -2^31, 0xdeadbeef, 123456789, 2^53, -2^53, 1.0}
for _, a in ipairs(vs) do
  io.write(a, ": ", bit32.bnot(a), " ") for _, b in ipairs(vs) do io.write(bit32.band(a, b), " ", bit32.bor(a, b), " ", bit32.bxor(a, b), " ", tostring(bit32.btest(a, b)), " ") end
  for _, n in ipairs{0, 1, 31, 32, 33, -1, -31, -32, -40, 100} do io.write(bit32.lshift(a, n), " ", bit32.rshift(a, n), " ", bit32.arshift(a, n), " ", bit32.lrotate(a, n), " ", bit32.rrotate(a, n), " ") end
  print(bit32.extract(a, 0), bit32.extract(a, 4, 8), bit32.extract(a, 0, 32), bit32.replace(a, 255, 8, 4), bit32.replace(a, 0, 31), bit32.replace(a, 5, 0, 32))
end
print(bit32.band(), bit32.bor(), bit32.bxor(), bit32.btest())
try(bit32.band, 1.5) try(bit32.bor, 0.5) try(bit32.bnot, 2^60) try(bit32.bnot, 1e100) try(bit32.bnot, "7") try(bit32.bnot, "x") try(bit32.bnot) try(bit32.band, {}) try(bit32.extract, 1, 32) try(bit32.extract, 1, -1) try(bit32.extract, 1, 0, 0) try(bit32.extract, 1, 30, 3) try(bit32.extract, 1) try(bit32.replace, 1, 2) try(bit32.replace, 1, 2, 0, 33) try(bit32.lshift, 1) try(bit32.lshift, 1, 1.5) try(bit32.lshift, 1, "2") try(bit32.bnot, 0/0) try(bit32.bnot, 1/0) try(bit32.bnot, 2^52 + 1)
