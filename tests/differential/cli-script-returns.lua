-- lua: all
-- What a script returns is ignored.
return 1, 2, "x"
