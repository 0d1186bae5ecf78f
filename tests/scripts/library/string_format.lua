print(("%5d|%-5s|%05.1f|%x"):format(42, "ab", 3.14159, 255)) -- expect:    42|ab   |003.1|ff
print(("%q"):format("a\nb"))
-- expect: "a\
-- expect: b"
print(("%d"):format(1.5)) -- expect error: bad argument #1 to 'format' (number has no integer representation)
