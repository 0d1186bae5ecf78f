-- lua: 5.2-5.5
-- os.execute and its results.
print(os.execute("exit 0"))
print(os.execute("exit 5"))
print(os.execute("kill -15 $$"))
print(os.execute())
print(os.execute("nonexistentcommand_x 2>/dev/null"))
io.write("before ")
io.stdout:flush()
os.execute("echo from shell")
print(pcall(os.execute, {}))
print(os.getenv("HOME_NOT_SET"), os.getenv("TZ"), pcall(os.getenv))
