-- lua: all
-- The exit code after an uncaught error, with buffered output kept.
io.write("partial output")
error("fails")
