-- lua: 5.1-5.4
-- Numeric loops over floats.
for i = 1.0, 2 do io.write(i, " ") end print()
for i = 1, 2, 0.25 do io.write(i, " ") end print()
for i = 1, 0, -0.25 do io.write(i, " ") end print()
for i = 0.1, 0.5, 0.1 do io.write(i, " ") end print()
for i = 3, 1.5, -1 do io.write(i, " ") end print()
for i = 1, 3.7 do io.write(i, " ") end print()
for i = "1", 2.5 do io.write(i, " ") end print()
for i = 1.0, math.huge do io.write(i, " "); if i > 3 then break end end print()
for i = math.huge, 1 do io.write("never") end print()
for i = 1, 3 do local j = i; i = i * 10; io.write(j, ":", i, " ") end print()
