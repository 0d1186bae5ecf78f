-- lua: 5.1
-- Old nested long strings are an error.
print(select(2, loadstring("x = [[a [[b]] c]]", "=s")))
print(loadstring("return [=[a [[b]] c]=]")())
print(loadstring("--[[ a [=[ b ]] return 5")())
print(select(2, loadstring("--[[ a [[ b ]] return 5", "=s")))
