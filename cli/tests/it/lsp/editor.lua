-- Neovim as a client: diagnostics, a code action, a rename and the layout of the file named by FILE.
-- Writes the file and ends with 0 when all went well. Needs Neovim 0.7 or newer.

local function fail(words)
  io.stderr:write(words .. "\n")
  vim.cmd("cquit 1")
end

local function wait(what, condition)
  if not vim.wait(20000, condition, 20) then
    fail("waited in vain for " .. what)
  end
end

local function run()
  vim.cmd("edit " .. vim.fn.fnameescape(vim.env.FILE))
  local buffer = vim.api.nvim_get_current_buf()
  local config = { name = "gatehouse", cmd = { vim.env.GATEHOUSE, "lsp" }, root_dir = vim.fn.getcwd() }
  local id
  if vim.lsp.start then
    id = vim.lsp.start(config)
  else
    id = vim.lsp.start_client(config)
    vim.lsp.buf_attach_client(buffer, id)
  end
  local client = vim.lsp.get_client_by_id(id)
  local encoding = function() return client.offset_encoding end
  local count = function() return #vim.diagnostic.get(buffer) end
  wait("diagnostics", function() return count() > 0 end)
  local first = vim.diagnostic.get(buffer)[1]
  print(first.code .. " " .. (first.lnum + 1) .. ":" .. (first.col + 1))

  local function ask(method, params)
    local answers = vim.lsp.buf_request_sync(buffer, method, params, 20000)
    local answer = answers and answers[id]
    if not answer or answer.error or answer.err then
      fail(method .. ": " .. vim.inspect(answers))
    end
    return answer.result
  end

  vim.api.nvim_win_set_cursor(0, { first.lnum + 1, first.col })
  local params = vim.lsp.util.make_range_params(0, encoding())
  params.context = { diagnostics = {} }
  for _, action in ipairs(ask("textDocument/codeAction", params)) do
    if action.kind == "quickfix" then
      vim.lsp.util.apply_workspace_edit(action.edit, encoding())
    end
  end
  wait("a clean file", function() return count() == 0 end)

  vim.api.nvim_win_set_cursor(0, { 1, 10 })
  params = vim.lsp.util.make_position_params(0, encoding())
  params.newName = "MQ2"
  vim.lsp.util.apply_workspace_edit(ask("textDocument/rename", params), encoding())

  if vim.lsp.buf.format then
    vim.lsp.buf.format({ timeout_ms = 20000 })
  else
    vim.lsp.buf.formatting_sync(nil, 20000)
  end
  vim.cmd("write")
  client.stop()
  wait("the end", function() return vim.lsp.get_client_by_id(id) == nil end)
  vim.cmd("qall!")
end

local ok, words = pcall(run)
if not ok then
  fail(tostring(words))
end
