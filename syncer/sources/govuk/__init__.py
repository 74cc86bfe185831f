"""What do the pages of GOV.UK say, and when is each due again, whichever source reads them?"""
