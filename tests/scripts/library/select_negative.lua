print(select(-2, "a", "b", "c")) -- expect: b	c
print(select(-9, "a")) -- expect error: bad argument #1 to 'select' (index out of range)
