"""What do the pages of Ofsted's site say, whichever source reads them?"""
