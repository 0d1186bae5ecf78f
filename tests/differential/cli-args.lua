-- lua: all
-- args: a 'b c' '' -x --
print(#arg, ...) for i = -2, #arg + 1 do print(i, arg[i]) end
