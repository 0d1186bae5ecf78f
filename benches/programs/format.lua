-- [strings] string.format with every common directive, and results fed back through a checksum.
-- N: rounds (default 120000, small 200)
-- lua: 5.2-5.5
local N = tonumber((...)) or 120000
local format = string.format

local function hash(h, text)
  return (h * 31 + #text * 7 + text:byte(1) + text:byte(-1)) % 1000003
end

local names = { "ada", "grace", "edsger", "barbara", "donald", "tony" }
local h = 0
for i = 1, N do
  local name = names[i % #names + 1]
  h = hash(h, format("%d items of %s", i, name))
  h = hash(h, format("%5d|%-8d|%05d|%+d", i % 1000, i, i % 500, i))
  h = hash(h, format("%x %X %#x %o", i, i * 3, i % 255, i % 511))
  h = hash(h, format("%.2f %8.3f %e", i / 4, i / 8, i * 0.5))
  h = hash(h, format("%g %g %.3g", i * 0.1, i * 1024.0, i * 1234567.0))
  h = hash(h, format("%s %10s %-10s %.2s", name, name, name, name))
  h = hash(h, format("%q", name .. "\n\"" .. i % 10))
  h = hash(h, format("%c%c%c %%", 65 + i % 26, 97 + i % 26, 48 + i % 10))
  h = hash(h, format("%s %s %s", i % 2 == 0, nil, i))
end
print("format", N, h, format("%q %5.2f %x", "end\0", 2.25, 255))
