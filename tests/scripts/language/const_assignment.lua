local limit <const> = 10
print(load("local limit <const> = 10; limit = 11"))
-- expect: nil	[string "local limit <const> = 10; limit = 11"]:1: attempt to assign to const variable 'limit'
