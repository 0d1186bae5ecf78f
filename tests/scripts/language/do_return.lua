local function early()
  do return "early" end
  print("never")
end
print(early()) -- expect: early
