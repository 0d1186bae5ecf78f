local Account = {}
Account.__index = Account
function Account.new(balance) return setmetatable({ balance = balance }, Account) end
function Account:deposit(n) self.balance = self.balance + n return self end
print(Account.new(5):deposit(10):deposit(1).balance) -- expect: 16
