print(1 // 0.0, -1 // 0.0) -- expect: inf	-inf
print(1 // 0) -- expect error: attempt to divide by zero
