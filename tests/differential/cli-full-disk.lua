-- lua: 5.2-5.5
-- Writing to a full disk.
print(os.execute("lua -e 'io.write(1) io.stderr:write(tostring(select(2, io.stdout:flush())), [[\n]])' > /dev/full"))
print(os.execute("lua -e 'print(1)' > /dev/full"))
print(os.execute("lua -e 'io.stderr:write(tostring(select(2, io.write((\"x\"):rep(100000)))), [[\n]])' > /dev/full"))
