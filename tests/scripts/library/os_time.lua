print(os.time { year = 2000, month = 1, day = 1, hour = 0 }) -- expect: 946684800
print(os.date("!%Y-%m-%d", 0)) -- expect: 1970-01-01
