"""What other systems send by themselves: who they are, and what they say. Pure, no SQL.

One module a kind of sender: ``own`` is Warmlist's own JSON for any system, ``linkedin`` and
``meta`` are those networks' webhooks for an organisation's own pages.
"""
