print(math.type(1), math.type(1.0), math.type("1")) -- expect: integer	float	nil
print(math.tointeger(3.0), math.tointeger(3.5)) -- expect: 3	nil
print(math.floor(-3.5), math.ceil(-3.5)) -- expect: -4	-3
