local count = 0
for i = math.maxinteger - 2, math.maxinteger do count = count + 1 end
print(count) -- expect: 3
for i = 3, 1 do print("never") end
for i = 1, 0.5 do print("never") end
for i = 1, 2, 0 do end -- expect error: 'for' step is zero
