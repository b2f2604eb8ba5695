# Writes edits into templates with openxlsx. The job is a file of lines with tabs between the parts,
# each part percent-encoded: "file", template, out; then "put", sheet, column, row, kind, value, code.

library(openxlsx)
lines <- strsplit(readLines(commandArgs(TRUE)[1], encoding = "UTF-8"), "\t", fixed = TRUE)
book <- NULL
out <- ""
save <- function() if (!is.null(book)) saveWorkbook(book, out, overwrite = TRUE)
for (parts in lines) {
  parts <- vapply(parts, URLdecode, "")
  Encoding(parts) <- "UTF-8"
  if (parts[1] == "file") {
    save()
    book <- loadWorkbook(parts[2])
    out <- parts[3]
    next
  }
  sheet <- parts[2]
  column <- as.integer(parts[3])
  row <- as.integer(parts[4])
  kind <- parts[5]
  value <- parts[6]
  code <- if (length(parts) > 6) parts[7] else ""
  put <- function(x) writeData(book, sheet, x, startCol = column, startRow = row, colNames = FALSE)
  if (kind == "blank") {
    deleteData(book, sheet, cols = column, rows = row)
  } else if (kind == "number") {
    put(as.numeric(value))
  } else if (kind == "date") {
    put(as.Date(value))
  } else if (kind == "boolean") {
    put(value == "True")
  } else if (kind == "formula") {
    writeFormula(book, sheet, value, startCol = column, startRow = row)
  } else if (kind == "note") {
    writeComment(book, sheet, col = column, row = row, comment = createComment(value))
  } else {
    put(value)
  }
  if (kind == "strike") {
    look <- createStyle(textDecoration = "strikeout")
    addStyle(book, sheet, look, rows = row, cols = column, stack = TRUE)
  }
  if (code != "") {
    look <- createStyle(numFmt = code)
    addStyle(book, sheet, look, rows = row, cols = column, stack = TRUE)
  }
}
save()
cat(as.character(packageVersion("openxlsx")))
