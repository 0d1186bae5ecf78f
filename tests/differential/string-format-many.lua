-- lua: 5.2-5.5
-- A long format with many items.
local args, format = {}, {}
for i = 1, 200 do args[i] = i * 1.5; format[i] = i % 2 == 0 and "%d" or "%s" end
for i = 1, 200 do if i % 2 == 0 then args[i] = i end end
print((table.concat(format, ","):format(table.unpack(args))))
print(#("%s"):format(("x"):rep(100000)), #("%-50s|"):rep(20):format(table.unpack(args)))
