-- lua: 5.3
-- Loops over integers and floats.
for i = 1, 3 do io.write(i, " ") end for i = 1.0, 3 do io.write(i, " ") end for i = 1, 2.5 do io.write(i, " ") end for i = 3, 1, -1 do io.write(i, " ") end print()
for i = math.mininteger, math.mininteger + 1 do io.write(i, " ") end print()
for i = 1, math.huge do if i > 3 then break end io.write(i, " ") end for i = 1, -math.huge, -1 do if i < -1 then break end io.write(i, " ") end print()
for i = 1, 0 do print("never") end for i = 1, 10, 4 do io.write(i, " ") end for i = 0.1, 0.35, 0.1 do io.write(i, " ") end print()
print(pcall(function() for i = 1, 10, 0 do return "once" end end)) print(pcall(function() for i = "1", 2 do end end)) print(pcall(function() for i = 1, "x" do end end)) print(pcall(function() for i = 1, 2, {} do end end))
print(pcall(function() for i = 1.5, 10, 0 do return "once" end end)) print(pcall(function() for i = 1, 2, nil do end end))
for i = 1, 3 do local j = i i = i * 10 io.write(i, ":", j, " ") end print()
