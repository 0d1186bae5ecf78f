-- lua: 5.3-5.5
-- debug.debug reads commands until cont.
-- stdin: print("first")
-- stdin: error("second")
-- stdin: x = = 1
-- stdin: y = 5
-- stdin: cont
-- stdin: print("never read")
debug.debug()
print(y, io.read("l"))
