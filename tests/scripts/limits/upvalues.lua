-- A function may have 255 upvalues.
local function program(count)
  local out = {}
  for block = 0, (count - 1) // 100 do
    local last = math.min(count, block * 100 + 100)
    for i = block * 100 + 1, last do out[#out + 1] = "local u" .. i .. " = " .. i end
    if last < count then out[#out + 1] = "return (function ()" end
  end
  out[#out + 1] = "return function () return u1"
  for i = 2, count do out[#out + 1] = " + u" .. i end
  out[#out + 1] = " end" .. (" end)()"):rep((count - 1) // 100)
  return table.concat(out, "\n")
end
print(load(program(255), "=c")()()) -- expect: 32640
print((select(2, load(program(256), "=c")):gsub("at line %d+", "at line N"):gsub("^c:%d+", "c:N")))
-- expect: c:N: too many upvalues (limit is 255) in function at line N near 'end'
