print(1 .. 2, 1.0 .. "", -0.0 .. "") -- expect: 12	1.0	-0.0
print({} .. "x") -- expect error: attempt to concatenate a table value
