"""What does the site show? What is known on one day → every page, feed and data file, by its
address.

`Facts` is what is known, `contents` has what lies at each address, `render` makes a page of it.
Pure: `syncer publish` writes the same bytes into a folder that `syncer serve` answers with."""
