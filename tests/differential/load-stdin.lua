-- lua: all
-- dofile and loadfile without a name read standard input.
-- stdin: print("from stdin", ...)
-- stdin: return 42
print(dofile())
print(loadfile()())
