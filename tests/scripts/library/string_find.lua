print(("hello"):find("l"), ("hello"):find("xyz"), ("a.b"):find(".", 1, true)) -- expect: 3	nil	2	2
print(("key=val"):match("(%w+)=(%w+)")) -- expect: key	val
