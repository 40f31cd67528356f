"""What `python -m stack` does with PM2: reads generated/pm2/, and makes the processes match it."""
